"""What a lesson needs and a script does not. Only this folder knows matplotlib and ipywidgets."""
