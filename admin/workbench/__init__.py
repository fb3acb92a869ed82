"""Where people start the day: the enterprise's guided start and to-dos, the offices' waiting cases."""
