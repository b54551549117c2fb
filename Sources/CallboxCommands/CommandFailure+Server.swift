internal import CallboxConfiguration
internal import CallboxServer
internal import HTTPListener
internal import Quarantine
internal import TerminalOutput

extension CommandFailure {
    init(_ error: ServerError) {
        switch error {
        case .cannotListen(let setting, .addressInUse):
            self.init(
                .unavailable, "another program already listens on \(setting)",
                advice: "Stop that program, or choose another address with --listen. 127.0.0.1:0 selects a free port.")
        case .cannotListen(let setting, .notPermitted):
            self.init(
                .unavailable, "this user has no permission to listen on \(setting)",
                advice: "Choose a port above 1023 with --listen.")
        case .cannotListen(let setting, .addressNotAvailable):
            self.init(
                .unavailable, "\(setting.host) is not an address of this machine",
                advice: "Choose an address of this machine with --listen.")
        case .cannotListen(_, .certificate(let file, let reason)):
            self.init(
                .configuration, "cannot use \(file) for TLS: it \(reason)",
                advice: "Correct 'tls' in the configuration.")
        case .cannotListen(let setting, .other(let reason)):
            self.init(.unavailable, "cannot listen on \(setting): \(reason)")
        case .cannotOpenAdminListener(let setting, let error):
            self.init(
                .unavailable, "cannot open the admin listener on \(setting): \(error)",
                advice: "Change admin.listen in the configuration, or stop the program that uses the address.")
        case .notServed(let path):
            self.init(
                .unavailable, "no server is running for the archive \(path)",
                advice: "Start a server with 'callbox serve', or name another archive with --archive.")
        case .holderDoesNotRespond(let processID, let path):
            let process = processID.map { "process \($0)" } ?? "another process"
            self.init(
                .tryAgain, "\(process) uses the archive and does not respond on \(path)",
                advice: "Stop that process, or wait until it ends.")
        case .connectionLost(let path, let reason):
            self.init(
                .tryAgain, "the server stopped responding on \(path): \(reason)",
                advice: "Check the result with 'callbox list', then run the command again if needed.")
        case .cannotTakeOver(let path, let reason):
            self.init(
                .tryAgain, "cannot take over from the running server on \(path): \(reason)",
                advice: "Run the command again. If the server does not respond, stop it first.")
        case .unexpectedResponse:
            self.init(
                .internalFailure, "the running server sent an unexpected response",
                advice: "Restart the server if it runs another version of Callbox.")
        case .otherRetentionSettings:
            self.init(
                .configuration, "the running server has different retention settings",
                advice: "Pass the server's configuration file with --config, or reload the server (SIGHUP).")
        case .notQuarantined(let id):
            self.init(
                .negative, "there is no delivery \(id) in the quarantine",
                advice: "Run 'callbox quarantine list' for the IDs.")
        case .stillUnverified(let id, let reason):
            self.init(
                .negative, "rejected delivery q\(id) is still not verified: \(reason)",
                advice:
                    "Correct the source's secrets or addresses, or accept the delivery with --force --reason TEXT.")
        case .laneTaken(let lane):
            self.init(
                .unavailable, "another server took over the lane \(lane)",
                advice: "Set a different journal.node on each server.")
        case .nodeNameInUse(let node):
            self.init(
                .unavailable, "another process uses the node name '\(node)' in the shared journal",
                advice: "Set a different journal.node, or pass --node to 'callbox follow'.")
        case .copyIncomplete(let position, let end):
            self.init(
                .tryAgain, "copied up to entry \(position) of \(end): no leader has ordered the next entries",
                advice: "Start 'callbox serve' on a node, or check the leader with 'callbox journal status'.")
        case .primarySuperseded(let epoch):
            self.init(
                .unavailable, "another archive took over as the primary in epoch \(epoch)",
                advice: "All entries of the old primary were copied. Name the new primary with --from.")
        case .interrupted: self.init(.interrupted, "interrupted: the command or the server is stopping")
        }
    }
}
