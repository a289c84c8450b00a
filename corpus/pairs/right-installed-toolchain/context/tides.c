#include <stdio.h>

int next_tide(int hour);

int main(void)
{
	printf("ebb at %d, flood at %d\n", next_tide(0), next_tide(6));
	return 0;
}
