internal import ArgumentParser
internal import CallboxConfiguration
internal import ProviderClients
internal import StrictJSON
internal import TerminalOutput

extension LinksCommand {
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
            let console = options.console
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
                            .init(frame.stepTitles.joined(separator: ", ")),
                        ]
                    })
                for line in table.lines(on: console) { try console.print(line) }
            case .json:
                let json = frames.map { frame in
                    JSONText.object([
                        .init("id", .integer(frame.id)), .init("name", .optional(frame.name)),
                        .init("steps", .array(frame.stepTitles.map { .string($0) })),
                    ])
                }
                try console.print(JSONText.array(json).line)
            }
        }
    }
}
