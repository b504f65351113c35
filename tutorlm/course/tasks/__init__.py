"""The exercises, a module for each notebook; `tutorlm.course.exercises` says how to write one."""
