"""Who may see and do what: users, projects, memberships, API keys, codes."""
