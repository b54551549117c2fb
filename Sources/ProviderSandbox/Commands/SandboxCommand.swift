internal import ArgumentParser
internal import Foundation

/// The command line of the sandbox.
package enum SandboxCommand {
    package static let version = "0.1.0"

    /// Runs what the process was asked for and ends it.
    package static func main() async -> Never {
        let status = await run(Array(CommandLine.arguments.dropFirst()), on: .standard)
        exit(status)
    }

    /// Runs these arguments and returns the status to end with.
    package static func run(_ arguments: [String], on console: Console) async -> Int32 {
        do {
            var command = try RootCommand.parseAsRoot(arguments)
            if let command = command as? any SandboxSubcommand {
                return try await command.run(on: console).rawValue
            }
            // Help and version are commands of the parser.
            try command.run()
            return SandboxStatus.success.rawValue
        } catch let failure as SandboxFailure {
            console.warn("Error: \(failure.message)")
            return failure.exitStatus.rawValue
        } catch {
            let status = RootCommand.exitCode(for: error).rawValue
            let text = RootCommand.fullMessage(for: error)
            if status == SandboxStatus.success.rawValue {
                do {
                    try console.print(text)
                } catch {
                    return error.exitStatus.rawValue
                }
            } else {
                console.warn(text)
            }
            return status
        }
    }
}

/// A command of the sandbox: the parser makes the value, the value does the work.
protocol SandboxSubcommand: ParsableCommand {
    func run(on console: Console) async throws -> SandboxStatus
}

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callbox-sandbox",
        abstract: "Imitates the providers, to try a receiver of their callbacks without them.",
        discussion: """
            Everything it sends is synthetic and signed with the worthless secrets of the samples.

            EXIT STATUSES
              0   everything was as expected
              1   something was not as expected, too few requests came, or the sandbox refuses
              64  the command line cannot be understood
              66  a sample, a secret or a scenario is missing or cannot be read
              69  the receiver cannot be reached, or the port cannot be listened on
              73  the file of --out cannot be written
              74  standard output was closed
            """,
        version: SandboxCommand.version,
        subcommands: [
            ServeCommand.self, TriggerCommand.self, LedgerCommand.self, RegisterCommand.self, FaultCommand.self,
            AdvanceCommand.self, RunCommand.self, SendCommand.self, ReceiveCommand.self,
        ])
}
