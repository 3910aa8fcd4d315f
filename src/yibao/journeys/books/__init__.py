"""Books and money to people (账簿、支付): payees, batches, accounts swept and drawn, months closed, balances rebuilt."""
