// Command clock is compiled each time that the container starts.
package main

import "fmt"

func main() {
	fmt.Println("tick")
}
