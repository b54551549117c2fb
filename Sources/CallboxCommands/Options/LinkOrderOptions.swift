internal import ArgumentParser
internal import Deliveries
internal import Journal
internal import ProviderClients
internal import Providers
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// What every `links create` takes.
struct LinkOrderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The API to ask instead of the configured one, such as a sandbox's.", valueName: "url"))
    var api: String?

    @Option(
        help: ArgumentHelp(
            "A type of report to wait for, or type:field=value; may stand several times. (default: what the order implies)",
            valueName: "type"))
    var expect: [String] = []

    @Flag(help: "Print the request instead of sending it. Secrets are masked.")
    var dryRun = false

    @Option(name: .shortAndLong, help: "How to write the result: table or json. A table on a terminal, json in a pipe.")
    var format: ViewFormat?

    func expectations(or implied: [String]) throws(CommandFailure) -> [LinkExpectation] {
        var expectations: [LinkExpectation] = []
        for text in expect.isEmpty ? implied : expect {
            guard let expectation = LinkExpectation(text) else {
                throw CommandFailure(
                    .usage, "--expect does not understand '\(TerminalText.escape(text))'",
                    advice: "Write a type, such as pf_checking_account, or applicant:report_status=COMPLETE.")
            }
            expectations.append(expectation)
        }
        return expectations
    }
}

/// What a customer gives along, which the provider carries back.
struct ExternalInfoOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A member of the externalInfo; may stand several times.", valueName: "key=value"))
    var external: [String] = []

    @Option(
        help: ArgumentHelp(
            "A file with the whole externalInfo as a JSON object; - for standard input.", valueName: "file"))
    var externalFile: String?

    /// The text of a JSON object; nil where nothing is given.
    ///
    /// - Parameters:
    ///   - flag: what the flag for a member is called, for messages.
    ///   - fileFlag: the same of the flag for a file.
    func json(
        _ flag: String = "--external", _ fileFlag: String = "--external-file"
    ) throws(CommandFailure) -> FreeObject? {
        guard external.isEmpty || externalFile == nil else {
            throw CommandFailure(
                .usage, "\(flag) and \(fileFlag) exclude each other", advice: "Take out one of them.")
        }
        if let externalFile {
            return try Self.object(inFile: externalFile, fileFlag)
        }
        guard !external.isEmpty else { return nil }
        var members: [JSONText.Member] = []
        for pair in try FilterOptions.pairs(external, flag) {
            guard !members.contains(where: { $0.name == pair.name }) else {
                throw CommandFailure(
                    .usage, "\(flag) gives '\(TerminalText.escape(pair.name))' twice",
                    advice: "Take out one of them.")
            }
            members.append(.init(pair.name, .string(pair.value)))
        }
        return try Self.object(JSONText.object(members).compact, flag)
    }

    /// A file of such text.
    static func object(inFile path: String, _ flag: String) throws(CommandFailure) -> FreeObject {
        try object(String(decoding: try GivenBytes.read(path), as: UTF8.self), flag)
    }

    /// JSON text of an object that a flag was given.
    static func object(_ text: String, _ flag: String) throws(CommandFailure) -> FreeObject {
        do throws(ProviderCallFailure) {
            return try FreeObject(text, name: flag)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// The fields that reports will carry it in.
    static func keys(_ object: FreeObject?) -> [ReportField] {
        guard let object, let document = try? JSONDocument(parsing: Array(object.text.utf8)) else { return [] }
        return ExternalInfoFields.leaves(of: document.root)
    }
}
