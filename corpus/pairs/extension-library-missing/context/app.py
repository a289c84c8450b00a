try:
    import driver
    print("driver: PostgreSQL", driver.version())
except ImportError:
    print("driver: none, keeping records in memory")
