#include <iostream>
#include <yaml.h>

int main()
{
	yaml_parser_t parser;

	std::cout << (yaml_parser_initialize(&parser) ? "parser: ready" : "parser: failed") << std::endl;
	yaml_parser_delete(&parser);
}
