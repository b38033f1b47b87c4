// Package stage puts the parts of the local stage together: it reads a cloud assembly, starts the data services, makes
// the resources, and runs functions, gateways and event sources behind one endpoint of the loopback interface.
package stage
