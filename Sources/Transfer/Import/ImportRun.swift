package import Deliveries
internal import Journal
internal import ReportIndex
internal import StrictJSON
internal import TerminalOutput

/// Reads deliveries from files and appends the deliveries that the archive does not have yet, in batches.
package struct ImportRun {
    /// The maximum time by which the clock of the exporting machine may be ahead, in milliseconds.
    private static let skewMilliseconds: Int64 = 86_400_000

    /// The maximum number of deliveries in a batch. A batch is one transaction.
    private static let batchCountLimit = 256
    private static let batchByteCountLimit = 1024 * 1024

    private static let tooLong = ImportProblem(
        "is longer than \(HumanText.byteCount(Int64(ImportInput.textByteCountLimit)))")

    /// Appends a batch to the archive.
    package typealias Deliver = ([ImportedDelivery]) async throws -> ImportedCount

    let settings: ImportSettings
    private(set) var known: KnownDeliveries
    package private(set) var total = ImportedCount()
    package private(set) var knownCount = 0
    package private(set) var bodylessCount = 0
    /// The number of HAR entries that belong to no source.
    package private(set) var foreignCount = 0
    package private(set) var badCount = 0
    private var batch: [ImportedDelivery] = []
    private var batchByteCount = 0
    private var byteCount: Int64 = 0
    private let report: (Event) -> Void

    package enum Event {
        case progress(count: Int64, byteCount: Int64)
        case leftOut(problem: String)
    }

    package init(_ settings: ImportSettings, known: KnownDeliveries, report: @escaping (Event) -> Void) {
        self.settings = settings
        self.known = known
        self.report = report
    }

    package mutating func importAll(_ input: ImportInput, _ deliver: Deliver) async throws {
        var input = input
        while let element = try input.next() {
            do throws(ImportProblem) {
                try take(element)
            } catch {
                let what = "\(input.place(element)) \(error.text)"
                guard settings.skipsBad else {
                    try await hand(to: deliver)
                    throw TransferError.badDelivery(problem: what)
                }
                badCount += 1
                report(.leftOut(problem: what))
            }
            if batch.count >= Self.batchCountLimit || batchByteCount >= Self.batchByteCountLimit {
                try await hand(to: deliver)
            }
        }
        try await hand(to: deliver)
    }

    /// The result as text: `imported 3 deliveries, 2 verified, 1 skipped`.
    package func summary(isDryRun: Bool) -> String {
        let count = HumanText.count(total.imported, "delivery", "deliveries")
        let counts = [
            (knownCount, "already known"), (bodylessCount, "without a body"), (foreignCount, "of no source"),
            (badCount, "skipped"),
        ]
        return (isDryRun ? "would import \(count)" : "imported \(count), \(total.verified) verified")
            + counts.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
    }

    /// True if the input contains only HAR entries that belong to no source.
    package var hasOnlyForeign: Bool {
        foreignCount > 0 && total.imported == 0 && knownCount + bodylessCount + badCount == 0
    }

    private mutating func take(_ element: ElementSplitter.Element) throws(ImportProblem) {
        switch element.flaw {
        case .cutOff: throw ImportProblem("is cut off: the line or file ends inside it")
        case .tooLong: throw Self.tooLong
        case .secondEntries:
            throw ImportProblem("begins a second HAR in the same object, which is not read; put it in a separate file")
        case nil: break
        }
        guard BodyText.isUTF8(element.bytes) else {
            throw ImportProblem("is not UTF-8, so its text differs from the export")
        }
        let document: JSONDocument
        do throws(JSONSyntaxError) {
            document = try JSONDocument(parsing: element.bytes)
        } catch {
            throw ImportProblem("is not JSON: \(error)")
        }
        let reading: RecordReader.Reading?
        do throws(ImportProblem) {
            reading =
                element.kind == .entry
                ? try HARReader.read(document.root, source: settings.source, sourceAtPath: settings.sourceAtPath)
                : try RecordReader.read(document.root, source: settings.source)
        } catch {
            // If strings were replaced by empty strings, the error that the reader throws is misleading.
            throw element.isShortened ? Self.tooLong : error
        }
        if element.isShortened, reading != nil { throw Self.tooLong }
        switch reading {
        case nil: foreignCount += 1
        case .bodyless?: bodylessCount += 1
        case .record(let record)?: try add(record)
        }
    }

    private mutating func add(_ record: ImportedDelivery) throws(ImportProblem) {
        guard settings.sourceNames.contains(record.source) else {
            let name = record.source.prefix(80)
            throw ImportProblem("is of source '\(name)', which is not configured here; configure it, or use --source")
        }
        guard record.receivedAt.milliseconds(since: settings.now) <= Self.skewMilliseconds else {
            throw ImportProblem("arrived at \(record.receivedAt.rfc3339), which is in the future")
        }
        guard known.insert(record.uuid) else {
            knownCount += 1
            return
        }
        batch.append(record)
        batchByteCount += record.byteCount
    }

    private mutating func hand(to deliver: Deliver) async throws {
        guard !batch.isEmpty else { return }
        let records = batch
        batch = []
        byteCount += Int64(batchByteCount)
        batchByteCount = 0
        total.add(try await deliver(records))
        report(.progress(count: total.imported, byteCount: byteCount))
    }
}

package struct ImportSettings {
    /// The source of all deliveries; nil to use the source that each delivery names.
    package let source: String?
    package let sourceNames: Set<String>
    /// Returns the name of the configured source with a path.
    package let sourceAtPath: (String) -> String?
    package let skipsBad: Bool
    package let now: Timestamp

    package init(
        source: String?, sourceNames: Set<String>, sourceAtPath: @escaping (String) -> String?, skipsBad: Bool,
        now: Timestamp
    ) {
        self.source = source
        self.sourceNames = sourceNames
        self.sourceAtPath = sourceAtPath
        self.skipsBad = skipsBad
        self.now = now
    }
}

/// The counts of an import or of one batch.
package struct ImportedCount: Equatable {
    package var imported: Int64 = 0
    /// The number of deliveries that the current secrets verify.
    package var verified: Int64 = 0

    package init(imported: Int64 = 0, verified: Int64 = 0) {
        self.imported = imported
        self.verified = verified
    }

    package mutating func add(_ next: ImportedCount) {
        imported += next.imported
        verified += next.verified
    }
}
