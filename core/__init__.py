"""What every floor stands on: app, database, accounts, organisations, workflow, ledger, seal, ui."""
