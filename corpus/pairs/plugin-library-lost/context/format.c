#include <dlfcn.h>
#include <stdio.h>

int main(void)
{
	puts(dlopen("libyaml-0.so.2", RTLD_NOW) ? "formats: text, yaml" : "formats: text");
	return 0;
}
