"""The files a user brings (people, institutions, claims), read into the tables of `simulate.tables` with findings."""
