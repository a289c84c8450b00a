def knots(metres_per_second):
    return round(metres_per_second * 1.943844)
