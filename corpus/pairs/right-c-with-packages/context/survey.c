#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	FILE *bundle = fopen("/etc/ssl/certs/ca-certificates.crt", "r");
	FILE *answer = popen("m4 --version 2>/dev/null", "r");
	char line[128] = "";

	if (answer && !fgets(line, sizeof line, answer))
		line[0] = 0;
	printf("library %s\n", dlopen("libyaml-0.so.2", RTLD_NOW) ? "found" : "missing");
	printf("bundle %s\n", bundle ? "found" : "missing");
	printf("program %s\n", strstr(line, "GNU M4") ? "found" : "missing");
	return 0;
}
