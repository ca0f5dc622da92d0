"""What every process of Kvitt starts with: settings, logs, the database, and who a customer is."""
