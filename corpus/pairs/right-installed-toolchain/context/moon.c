int next_tide(int hour)
{
	return hour + 6;
}
