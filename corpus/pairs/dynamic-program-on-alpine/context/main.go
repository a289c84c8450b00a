// Command resolve prints the address of a host.
package main

import (
	"fmt"
	"net"
)

func main() {
	addresses, err := net.LookupHost("localhost")
	if err != nil {
		fmt.Println("localhost: unknown")
		return
	}
	fmt.Println("localhost: known", len(addresses) > 0)
}
