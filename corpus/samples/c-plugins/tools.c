/* Another program does part of the work. */
#include "inventory.h"

#include <stdio.h>
#include <string.h>

void report_tools(void)
{
	FILE *answer = popen("git --version 2>/dev/null", "r");
	char line[128] = "";

	if (answer) {
		if (!fgets(line, sizeof line, answer))
			line[0] = 0;
		pclose(answer);
	}
	line[strcspn(line, "\n")] = 0;
	report("tools", line[0] ? line : 0);
}
