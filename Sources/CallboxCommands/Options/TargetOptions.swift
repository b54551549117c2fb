internal import ArgumentParser
internal import CallboxConfiguration
internal import Foundation
internal import OutboundHTTP
internal import TerminalOutput

/// The safety options of commands that send to a URL.
struct TargetOptions: ParsableArguments {
    @Flag(help: "Send to private addresses, such as 10.0.0.1.")
    var allowPrivate = false

    @Option(
        help: ArgumentHelp("Trust the CAs in this PEM file. (default: $SSL_CERT_FILE)", valueName: "file"))
    var cacert: String?

    @Flag(help: "Accept any certificate.")
    var insecure = false

    @Option(help: ArgumentHelp("Timeout of a connection attempt.", valueName: "duration"))
    var connectTimeout = "10s"

    func validate() throws {
        _ = try OptionCheck.duration(connectTimeout, "--connect-timeout")
    }

    /// The client for the targets of a command.
    ///
    /// - Parameter isConfirmed: true if the user has confirmed sending to a production host.
    func client(
        for urls: [String], _ configuration: CallboxConfiguration, isConfirmed: Bool, _ console: Console,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(CommandFailure) -> OutboundClient {
        for host in urls.compactMap({ URL(string: $0)?.host }) where !isConfirmed {
            guard configuration.productionHosts.contains(where: { $0.matches(host) }) else { continue }
            throw CommandFailure(
                .usage, "\(TerminalText.escape(host)) is configured as a production host",
                advice: "Add --yes to confirm.")
        }
        let trust: Trust
        do throws(Trust.UnusableFile) {
            trust = try Trust(isInsecure: insecure, file: cacert, environment: environment)
        } catch {
            _ = try GivenBytes.data(error.path, byteCountLimit: 1)
            throw CommandFailure(
                .missingInput, "\(TerminalText.escape(error.path)) contains no certificate in PEM format",
                advice: "Check --cacert or SSL_CERT_FILE.")
        }
        if insecure { console.note("warning: --insecure is set; the certificate of the target is not checked") }
        return OutboundClient(
            AddressRules(allowsPrivate: allowPrivate), trust: trust,
            connectTimeout: Quantity.duration(connectTimeout) ?? .seconds(10))
    }
}
