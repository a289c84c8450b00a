#include "inventory.h"

#include <stdio.h>

void report(const char *part, const char *text)
{
	printf("%-6s %s\n", part, text ? text : "missing");
}

int main(void)
{
	report_format();
	report_trust();
	report_tools();
	return 0;
}
