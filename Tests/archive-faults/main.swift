import Foundation

exit(CommandLineRun(Array(CommandLine.arguments.dropFirst())).exitStatus())
