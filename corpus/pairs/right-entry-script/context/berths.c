#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	printf("harbour: %d berths\n", argc > 1 ? 6 * atoi(argv[1]) : 0);
	return 0;
}
