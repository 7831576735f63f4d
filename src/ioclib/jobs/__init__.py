"""Long runs that survive anything: a ledger of what was asked and answered, a coordinator, and who does the asking."""
