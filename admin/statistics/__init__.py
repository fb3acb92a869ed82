"""The office's one page of figures: orders, 网络零售额, registrations, licences, and the plan's targets."""
