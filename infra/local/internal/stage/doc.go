// Package stage assembles the local stage: it reads a cloud assembly, starts the data services, creates the resources, and
// runs functions, gateways and event sources behind one endpoint of the loopback interface.
package stage
