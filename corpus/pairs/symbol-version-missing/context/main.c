#include <stdio.h>

int meter_read(void);
int meter_reset(void);

int main(int argc, char **argv)
{
	(void)argv;
	printf("meter: %d\n", argc > 1 ? meter_reset() : meter_read());
	return 0;
}
