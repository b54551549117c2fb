internal import ArgumentParser
internal import Foundation
internal import TerminalOutput

/// The command line of the sandbox.
package enum SandboxCommand {
    package static func main() async -> Never {
        // With SIGPIPE ignored, a closed pipe makes `write` fail instead of ending the process.
        signal(SIGPIPE, SIG_IGN)
        exit(await run(Array(CommandLine.arguments.dropFirst()), on: .standard))
    }

    static func run(_ arguments: [String], on console: Console) async -> Int32 {
        do {
            var command = try RootCommand.parseAsRoot(arguments)
            if let command = command as? any SandboxSubcommand { return try await command.run(on: console).rawValue }
            try command.run()
            return SandboxStatus.success.rawValue
        } catch let failure as SandboxFailure {
            console.note("callbox-sandbox: \(failure.message)")
            return failure.status.rawValue
        } catch is StandardStream.BrokenPipe, is OutputError {
            return SandboxStatus.outputClosed.rawValue
        } catch {
            let status = RootCommand.exitCode(for: error).rawValue
            guard status == SandboxStatus.success.rawValue else {
                let sentence = UsageMessage.sentence(RootCommand.message(for: error))
                console.note("callbox-sandbox: \(TerminalText.escape(sentence))")
                if status == SandboxStatus.usage.rawValue {
                    console.note("callbox-sandbox: Run '\(commandName(arguments)) --help'.")
                }
                return status
            }
            do { try console.print(RootCommand.fullMessage(for: error)) } catch {
                return SandboxStatus.outputClosed.rawValue
            }
            return status
        }
    }

    private static func commandName(_ arguments: [String]) -> String {
        let name = arguments.first ?? ""
        let isKnown = RootCommand.configuration.subcommands.contains { $0._commandName == name }
        return isKnown ? "callbox-sandbox \(name)" : "callbox-sandbox"
    }
}

/// A command that `SandboxCommand.run` executes with a console after parsing.
protocol SandboxSubcommand: ParsableCommand {
    func run(on console: Console) async throws -> SandboxStatus
}

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "callbox-sandbox",
        abstract: "Fake the providers to test a receiver of their callbacks.",
        discussion: """
            All deliveries are synthetic, and signed with the test secrets of the samples.

            EXIT STATUSES
              0   all results are as expected
              1   a result is not as expected, too few requests arrived, or the sandbox rejected the request
              64  usage error
              66  a sample, secret or scenario is missing or cannot be read
              69  the receiver cannot be reached, or the port is not available
              73  the file of --out cannot be written
              74  standard output was closed
            """,
        version: "0.1.0",
        subcommands: [
            ServeCommand.self, TriggerCommand.self, LedgerCommand.self, RegisterCommand.self, FaultCommand.self,
            AdvanceCommand.self, RunCommand.self, SendCommand.self, ReceiveCommand.self,
        ])
}

/// The exit statuses. Statuses above 1 are from sysexits.h.
enum SandboxStatus: Int32, Sendable {
    case success = 0
    case unexpected = 1
    case usage = 64
    case missingInput = 66
    case unavailable = 69
    case cannotCreate = 73
    case outputClosed = 74
}

/// The only error of the sandbox: a sentence for the user and the exit status. It quotes no body, header or secret.
struct SandboxFailure: Error, Equatable {
    let message: String
    let status: SandboxStatus

    init(_ message: String, _ status: SandboxStatus = .unexpected) {
        self.message = TerminalText.escape(message)
        self.status = status
    }
}
