internal import ArgumentParser
internal import CallboxConfiguration
internal import Journal
internal import ProviderClients
internal import ReportIndex
internal import TerminalOutput

extension LinksCommand {
    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable",
            abstract: "Take a link back at its provider.",
            usage: "callbox links disable <link> [<options>]",
            discussion: """
                Deletes a Certilink, revokes the consents of a Klavi link, cancels a Centric case. Certn's legacy API and EZiD \
                have no such call.

                EXAMPLES
                  callbox links disable 7
                """)

        @OptionGroup var options: ConfigurationOptions

        @Argument(help: "Its number, as 'links list' gives it.")
        var link: String

        @Option(help: ArgumentHelp("The API to ask instead of the configured one.", valueName: "url"))
        var api: String?

        func run() async throws {
            let console = options.console
            let found = try await KnownLink(link, try options.load(), console)
            switch found.link.order.provider {
            case "certificall":
                let client = try ProviderAccess(try options.load().reaching(.certificall, at: api)).certificall()
                let token = try found.magicLinkToken()
                _ = try await send(
                    try calling { () throws(ProviderCallFailure) in try client.delete(token) }, by: client)
            case "certn-centric":
                let client = try ProviderAccess(try options.load().reaching(.certnCentric, at: api)).certnCentric()
                let id = try found.key("object_id")
                try await send(try calling { () throws(ProviderCallFailure) in try client.cancel(id) }, by: client)
            case "klavi":
                let client = try ProviderAccess(try options.load().reaching(.klavi, at: api)).klavi()
                let id = try found.key("linkId")
                let consents = try await send(client.consents(linkID: id), by: client)
                for consent in consents where consent.status == nil || consent.status == "AUTHORISED" {
                    let revoke = try calling { () throws(ProviderCallFailure) in
                        try client.revokeConsent(consent.consentID)
                    }
                    _ = try await send(revoke, by: client)
                }
            default:
                throw CommandFailure(
                    .negative, "\(found.link.order.provider) has no call that takes a link back",
                    advice: "'callbox links dismiss' stops waiting for it.")
            }
            try await found.access.append(.linkChange(LinkChangeRecord(link: found.link.id, change: .disabled)))
            try console.print("link \(found.link.id) disabled")
        }
    }
}
