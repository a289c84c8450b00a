// Command helloworld prints one greeting.
package main

import "fmt"

func main() {
	fmt.Println("hello world")
}
