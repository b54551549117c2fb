internal import ArgumentParser
internal import Deliveries
internal import Replay
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// The changes that `replay` makes to a delivery before sending.
struct ReplayChangeOptions: ParsableArguments {
    enum Signature: EnumerableFlag {
        case sign, keepSignature

        static func help(for value: Signature) -> ArgumentHelp? {
            switch value {
            case .sign: "Sign again, with the source's secret and a new time."
            case .keepSignature: ArgumentHelp("Send the original signature (default).", visibility: .shared)
            }
        }
    }

    @Flag var signature = Signature.keepSignature

    @Option(
        help: ArgumentHelp(
            "Sign with the secret in this environment variable.", valueName: "name", visibility: .shared))
    var secretEnv: String?

    @Option(
        name: [.customShort("H"), .customLong("header")],
        help: ArgumentHelp("Set a header: 'Name: value'. Repeatable.", valueName: "header"))
    var headers: [String] = []

    @Option(help: ArgumentHelp("Remove a header. Repeatable.", valueName: "name", visibility: .shared))
    var dropHeader: [String] = []

    @Option(help: ArgumentHelp("Replace a JSON value. Repeatable.", valueName: "$.path=value"))
    var set: [String] = []

    @Option(help: ArgumentHelp("Send this body; - is standard input.", valueName: "file"))
    var body: String?

    @Flag(help: "Edit the body in $EDITOR first.")
    var edit = false

    @Flag(help: ArgumentHelp("Omit the headers Callbox-Replay and Callbox-Delivery.", visibility: .shared))
    var noMarks = false

    @Flag(
        help: ArgumentHelp("Append to --to the part of the path that follows the source's path.", visibility: .shared))
    var keepPath = false

    @Flag(help: ArgumentHelp("Send credentials too, such as Authorization and Cookie.", visibility: .shared))
    var withCredentials = false

    func validate() throws {
        for text in headers where HeaderField(line: text) == nil {
            // The error does not quote the text, which may be a credential.
            throw ValidationError(
                "-H must be 'Name: value', and cannot set Connection, Content-Length or Transfer-Encoding")
        }
        for name in dropHeader where HeaderField.name(name) == nil {
            throw ValidationError("--drop-header cannot remove '\(name)'")
        }
        for text in set where JSONAssignment(text) == nil {
            throw ValidationError("--set must be a JSON path, = and a value, such as '$.status=done'")
        }
        guard headers.count <= 100, dropHeader.count <= 100, set.count <= 100 else {
            throw ValidationError("-H, --drop-header and --set can be repeated at most 100 times")
        }
        guard secretEnv == nil || signature == .sign else { throw ValidationError("--secret-env requires --sign") }
        guard !edit || body == nil && set.isEmpty else {
            throw ValidationError("--edit cannot be combined with --body or --set")
        }
    }

    func apply(to settings: inout ReplaySettings) throws(CommandFailure) {
        settings.signs = signature == .sign
        settings.secretVariable = secretEnv
        settings.headers = headers
        settings.droppedHeaders = dropHeader
        settings.assignments = set
        settings.isMarked = !noMarks
        settings.keepsPath = keepPath
        settings.keepsCredentials = withCredentials
        if let body { settings.body = try GivenBytes.read(body) }
    }

    /// Lets the user edit the body. Returns false if the body is unchanged.
    func edit(_ id: DeliveryID, _ reader: ArchiveReader, _ settings: inout ReplaySettings) throws -> Bool {
        guard let delivery = try reader.delivery(id) else { throw ReplayError.noDelivery(id) }
        let before = ReplayChanges.editableBody(of: delivery)
        let isJSON = (try? JSONDocument(parsing: before)) != nil
        do throws(TextEditor.Failure) {
            let after = try TextEditor().edit(before, suffix: isJSON ? ".json" : ".txt")
            (settings.body, settings.editedPaths) = (after, BodyDifference.paths(before, after))
            return after != before
        } catch .editor(let name) {
            throw CommandFailure(
                .unavailable, "the editor \(TerminalText.escape(name)) failed, so nothing was sent",
                advice: "Set VISUAL or EDITOR to a program that waits, such as 'code --wait'.")
        } catch .noFile {
            throw CommandFailure(.cannotCreate, "cannot write a file for the editor", advice: "Check TMPDIR.")
        }
    }
}
