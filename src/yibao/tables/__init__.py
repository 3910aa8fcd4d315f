"""What every table shares (数据表约束): guards in the database that hold against raw SQL too."""
