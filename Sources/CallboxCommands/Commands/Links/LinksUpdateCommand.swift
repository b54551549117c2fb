internal import ArgumentParser
internal import CallboxConfiguration
internal import Deliveries
internal import Journal
internal import ProviderClients
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Update: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "update",
            abstract: "Change a Certilink: when it ends, or what it shows.",
            usage: "callbox links update <link> [<options>]",
            discussion: """
                What it shows and carries is replaced as a whole. The other providers' links cannot be changed.

                EXAMPLES
                  callbox links update 7 --expires 14d
                  callbox links update 7 --instructions Ring --metadata source=web
                """)

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var context: CertilinkContextOptions

        @Argument(help: "Its number, as 'links list' gives it.")
        var link: String

        @Option(help: ArgumentHelp("When it ends: 7d from now, or 2026-12-31T23:59:59Z.", valueName: "time"))
        var expires: String?

        @Option(help: ArgumentHelp("The API to ask instead of the configured one.", valueName: "url"))
        var api: String?

        @Flag(help: "Print the request instead of sending it.")
        var dryRun = false

        func run() async throws {
            let console = options.console
            let configuration = try options.load().reaching(.certificall, at: api)
            let found = try await KnownLink(link, configuration, console)
            guard found.link.order.provider == "certificall" else {
                throw CommandFailure(
                    .negative, "\(found.link.order.provider) has no call that changes a link",
                    advice: "Create another one; 'callbox links disable' takes this one back where that is possible.")
            }
            var change = CertilinkChange()
            change.context = try context.context()
            var end: Timestamp?
            if let expires {
                let moment = try LinkEndText.parse(expires, "--expires", now: SystemClock.now())
                change.expirationDate = try calling { () throws(ProviderCallFailure) in
                    try CertilinkExpiration(moment)
                }
                end = moment
            }
            let client = try ProviderAccess(configuration).certificall()
            let token = try found.magicLinkToken()
            let call = try calling { [change] () throws(ProviderCallFailure) in try client.update(token, change) }
            guard !dryRun else { return try console.print(call.request.transcript) }
            _ = try await send(call, by: client)
            if let end {
                try await found.access.append(
                    .linkChange(LinkChangeRecord(link: found.link.id, change: .rescheduled(expiresAt: end))))
            }
            try console.print("link \(found.link.id) updated")
        }
    }
}
