internal import ArgumentParser
internal import Deliveries
internal import ProviderClients
internal import ReportArchive
internal import StrictJSON

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
            let console = Console.standard
            let configuration = try options.load().reaching(.certificall, at: api)
            let found = try KnownLink(link, configuration, console)
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
            if let end { try await found.access.write(.link(.change(found.link.id, .rescheduled(expiresAt: end)))) }
            try console.print("link \(found.link.id) updated")
        }
    }

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
            let console = Console.standard
            let found = try KnownLink(link, try options.load(), console)
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
                let consents = try await send(
                    try calling { () throws(ProviderCallFailure) in try client.consents(linkID: id) }, by: client)
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
            try await found.access.write(.link(.change(found.link.id, .disabled)))
            try console.print("link \(found.link.id) disabled")
        }
    }

    struct Frames: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "frames",
            abstract: "List the frames that a Certilink can be made for.",
            usage: "callbox links frames [<options>]",
            discussion: """
                EXAMPLES
                  callbox links frames
                """)

        @OptionGroup var options: ConfigurationOptions

        @Option(help: ArgumentHelp("The API to ask instead of the configured one.", valueName: "url"))
        var api: String?

        @Option(name: .shortAndLong, help: "How to write it: table or json. A table on a terminal, json in a pipe.")
        var format: ViewFormat?

        func run() async throws {
            let console = Console.standard
            let client = try ProviderAccess(try options.load().reaching(.certificall, at: api)).certificall()
            let frames = try await send(client.frames(), by: client)
            switch format ?? (console.isTerminal ? .table : .json) {
            case .table:
                let table = Table(
                    columns: [
                        .init(title: "FRAME", alignment: .right), .init(title: "NAME", shortestWidth: 12),
                        .init(title: "STEPS", shortestWidth: 12),
                    ],
                    rows: frames.map { frame in
                        [
                            .init("\(frame.id)", .bold), .init(frame.name ?? "-"),
                            .init(frame.steps.compactMap(\.title).joined(separator: ", ")),
                        ]
                    })
                for line in table.lines(on: console) { try console.print(line) }
            case .json:
                let json = frames.map { frame in
                    JSONText.object([
                        .init("id", .integer(frame.id)), .init("name", .optional(frame.name)),
                        .init("steps", .array(frame.steps.compactMap(\.title).map { .string($0) })),
                    ])
                }
                try console.print(JSONText.array(json).line)
            }
        }
    }
}

/// A link of the ledger that a command acts on.
struct KnownLink {
    let access: ArchiveAccess
    let link: Link

    init(_ argument: String, _ configuration: CallboxConfiguration, _ console: Console) throws(CommandFailure) {
        let id = try LinkID(argument: argument)
        access = ArchiveAccess(configuration, console: console)
        let reader = try access.openReader()
        guard let link = try reading({ () throws(ArchiveReadFailure) in try reader.link(id) }) else {
            throw .unknownLink(id)
        }
        self.link = link
    }

    func key(_ name: String) throws(CommandFailure) -> String {
        guard let key = link.order.keys.first(where: { $0.name == name }) else {
            throw CommandFailure(
                .negative, "the ledger does not know the \(name) of link \(link.id)",
                advice: "The provider's answer to its creation was lost; look for it at the provider.")
        }
        return key.value
    }

    func magicLinkToken() throws(CommandFailure) -> String {
        try key(LinkView.magicLinkToken)
    }
}
