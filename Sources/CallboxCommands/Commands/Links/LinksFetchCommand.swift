internal import ArgumentParser
internal import CallboxConfiguration
internal import FollowUp
internal import Foundation
internal import ProviderTransport
internal import Providers
internal import Redaction
internal import StrictJSON
internal import TerminalOutput

extension LinksCommand {
    struct Fetch: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "fetch",
                abstract: "Ask a provider's API for a list, an object or a file. Nothing is archived.",
                subcommands: CallboxCommand.providers.callableAPIs.flatMap(\.lookups).map(subcommand))
        }

        private static func subcommand(_ lookup: any Lookup.Type) -> any ParsableCommand.Type {
            func command<L: Lookup>(_: L.Type) -> any ParsableCommand.Type { Question<L>.self }
            return command(lookup)
        }
    }

    /// A `links fetch` command: one for each lookup of the providers.
    struct Question<Asked: Lookup>: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            let argument = Asked.argument.map { " <\($0.name)>" } ?? ""
            return CommandConfiguration(
                commandName: Asked.name, abstract: Asked.abstract,
                usage: "callbox links fetch \(Asked.name)\(argument) [<options>]", discussion: Asked.discussion)
        }

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var subject: SubjectArgument<Asked>
        @OptionGroup var fields: FieldOptions<Asked>

        @Option(help: ArgumentHelp("The API to ask instead of the configured one.", valueName: "url"))
        var api: String?

        @Option(
            name: .shortAndLong,
            help: "How to write a list: table, json, ndjson or csv. A table on a terminal, ndjson in a pipe.")
        var format: OutputFormat?

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("The file to write instead of standard output. It must not exist.", valueName: "file"),
            completion: .file())
        var output: String?

        @Flag(help: "Print the request instead of sending it. Secrets are masked.")
        var dryRun = false

        func run() async throws {
            let console = options.console
            let client = try ProviderAccess(try options.load().reaching(Asked.api, at: api)).client(Asked.api)
            let call = try Asked.call(subject.text, try fields.values(), for: client.account)
            guard !dryRun else { return try console.print(call.request.transcript) }
            switch try await client.send(call) {
            case .list(let columns, let entries):
                let format = format ?? (console.isTerminal && output == nil ? .table : .ndjson)
                try write(lines: Self.lines(columns, entries, format, console), console)
            case .object(let value):
                let isMasked = console.isTerminal && output == nil
                let text = isMasked ? PersonalData.shown(json: value.rawText) : value.rawText
                try write(lines: [JSONPrettyPrinter.print(try JSONDocument(parsing: Array(text.utf8)))], console)
            case .file(let bytes): try write(bytes, console)
            }
        }

        private func write(lines: [String], _ console: Console) throws {
            guard output == nil else { return try write(Array(lines.map { $0 + "\n" }.joined().utf8), console) }
            for line in lines { try console.print(line) }
        }

        private func write(_ bytes: [UInt8], _ console: Console) throws {
            guard let output else {
                guard !console.isTerminal else {
                    throw CommandFailure(
                        .usage, "a file is not written to a terminal", advice: "Name one with --output, or use a pipe.")
                }
                return try StandardStream.write(bytes, to: STDOUT_FILENO)
            }
            do {
                try Data(bytes).write(to: URL(fileURLWithPath: output), options: .withoutOverwriting)
            } catch {
                throw CommandFailure(
                    .cannotCreate, "\(TerminalText.escape(output)) cannot be written",
                    advice: "Check the path and its permissions; a file that exists is left alone.")
            }
        }

        private static func lines(
            _ columns: [Finding.Column], _ entries: [JSONText], _ format: OutputFormat, _ console: Console
        ) -> [String] {
            switch format {
            case .json: [JSONText.array(entries).line]
            case .ndjson: entries.map(\.line)
            case .csv:
                [columns.map(\.member).joined(separator: ",")] + entries.map { CSVText.line($0.memberValues) }
            case .table:
                Table(
                    columns: columns.enumerated().map { place, column in
                        let areNumbers = entries.allSatisfy { $0.memberValues[place].isNumber }
                        return .init(
                            title: column.title, alignment: areNumbers ? .right : .left,
                            shortestWidth: areNumbers ? nil : 12)
                    },
                    rows: entries.map { entry in
                        zip(columns, entry.memberValues).map { column, value in
                            .init(PersonalData.shown(value.shown, name: column.member))
                        }
                    }
                ).lines(on: console)
            }
        }
    }
}

/// The argument of a lookup that asks about one thing. Without one there is no argument.
struct SubjectArgument<Asked: Lookup>: ParsableArguments, CustomReflectable {
    private(set) var text = ""

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if Asked.argument != nil { text = try container.decode(Argument<String>.self, forKey: .subject).wrappedValue }
    }

    var customMirror: Mirror {
        let children = Asked.argument.map { name, help -> [Mirror.Child] in
            [("subject", Argument<String>(help: ArgumentHelp("\(help)", valueName: name)))]
        }
        return Mirror(self, children: children ?? [])
    }

    private enum Key: CodingKey {
        case subject
    }
}

extension JSONText {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .number: true
        case .raw(let text): (try? JSONDocument(parsing: Array(text.utf8)))?.root.kind == .number
        default: false
        }
    }

    /// A value in a cell: text as it is, lists with commas, nothing for null.
    fileprivate var shown: String {
        switch self {
        case .string(let text): return text
        case .array(let elements): return elements.map(\.shown).joined(separator: ", ")
        case .raw(let text):
            let value = (try? JSONDocument(parsing: Array(text.utf8)))?.root
            return value?.kind == .null ? "-" : value?.scalarText ?? text
        case .null: return "-"
        default: return compact
        }
    }
}
