"""The course: exercises, plots and widgets. Only this folder imports matplotlib and ipywidgets."""
