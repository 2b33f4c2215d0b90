"""The server: the API, the dashboard, and the sending of alerts, over one project."""
