"""Training for a long time: settings, schedules, checkpoints, control, metrics, several processes, devices."""
