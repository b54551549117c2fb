internal import ArgumentParser
internal import CallboxConfiguration
internal import FollowUp
internal import Foundation
internal import Presentation
internal import ProviderTransport
internal import Providers
internal import Redaction
internal import StrictJSON
internal import Synchronization
internal import TerminalOutput

extension LinksCommand {
    struct Fetch: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "fetch",
                abstract: "Query a provider's API. Nothing is archived.",
                subcommands: CallboxCommand.providers.callableAPIs.flatMap(\.lookups).map(subcommand))
        }

        private static func subcommand(_ lookup: any Lookup.Type) -> any ParsableCommand.Type {
            func command<L: Lookup>(_: L.Type) -> any ParsableCommand.Type { Question<L>.self }
            return command(lookup)
        }

        /// Creates a file that only its owner can read, because reports contain personal data.
        static func write(_ bytes: [UInt8], to path: String) throws {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw CommandFailure(
                    .cannotCreate, "cannot write \(TerminalText.escape(path)): \(String(cString: strerror(errno)))",
                    advice: "Check the path and its permissions; an existing file is not replaced.")
            }
            defer { close(descriptor) }
            try StandardStream.write(bytes, to: descriptor)
        }
    }

    /// The subcommand of `links fetch` for one lookup of a provider.
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
        @OptionGroup var reaching: APIOptions
        @OptionGroup var formats: FormatOptions

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp("Write to this new file.", valueName: "file"), completion: .file())
        var output: String?

        @Flag(help: "Print the request with masked secrets; send nothing.")
        var dryRun = false

        func run() async throws {
            let console = options.console
            let client = try reaching.client(Asked.api, try options.load())
            let call = try Asked.call(subject.text, try fields.values(), for: client.account)
            guard !dryRun else { return try console.print(call.request.transcript) }
            let found = try await client.send(call)
            guard let output else { return try print(found, on: console) }
            if case .file(let bytes) = found { return try Fetch.write(bytes, to: output) }
            let text = Mutex("")
            try print(
                found,
                on: Console(
                    isTerminal: false, width: console.width, usesColor: false,
                    out: { piece in text.withLock { $0 += piece } }, error: { _ in }))
            try Fetch.write(Array(text.withLock(\.utf8)), to: output)
        }

        private func print(_ found: Finding, on console: Console) throws {
            switch found {
            case .list(let columns, let entries):
                var listing = RowListing(
                    formats.resolved(for: console), on: console, Self.members(columns, entries))
                try listing.print(entries)
            case .object(let value):
                let text = console.isTerminal ? PersonalData.shown(json: value.rawText) : value.rawText
                try console.print(JSONPrettyPrinter.print(try JSONDocument(parsing: Array(text.utf8))))
            case .file(let bytes):
                guard !console.isTerminal else {
                    throw CommandFailure(
                        .usage, "the report is not printed on a terminal", advice: "Use --output FILE or a pipe.")
                }
                try StandardStream.write(bytes, to: STDOUT_FILENO)
            }
        }

        private static func members(_ columns: [Finding.Column], _ entries: [JSONText]) -> [RowMember<JSONText>] {
            columns.enumerated().map { place, column in
                let areNumbers = entries.allSatisfy { $0.memberValues[place].isNumber }
                return RowMember(
                    column.member, areNumbers ? .number(column.title) : .text(column.title, shortest: 12),
                    { $0.memberValues[place] },
                    cell: { .init(PersonalData.shown($0.memberValues[place].shown, name: column.member)) })
            }
        }
    }
}

/// The argument of a lookup, if the lookup has one.
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

    /// The text of a table cell: commas separate the elements of a list, and a dash represents null.
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
