"""Rules of the benefit list, pure: a module for each thing the notices regulate."""
