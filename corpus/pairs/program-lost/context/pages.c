#include <stdio.h>
#include <string.h>

int main(void)
{
	FILE *answer = popen("m4 --version 2>/dev/null", "r");
	char line[128] = "";

	if (answer) {
		if (!fgets(line, sizeof line, answer))
			line[0] = 0;
		pclose(answer);
	}
	puts(strstr(line, "GNU M4") ? "pages: expanded" : "pages: as they are");
	return 0;
}
