int meter_read(void)
{
	return 42;
}

#ifndef OLD
int meter_reset(void)
{
	return 0;
}
#endif
