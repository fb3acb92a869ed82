"""Users, memberships, login, permissions, the actor."""
