define(`COUNT', `one')dnl
COUNT page made
