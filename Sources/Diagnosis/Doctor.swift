package import CallboxConfiguration
internal import ControlSocket
package import Deliveries
internal import Foundation
internal import HTTPListener
internal import Journal
internal import Quarantine
package import Replication
internal import ReportIndex
internal import TerminalOutput

/// Checks all prerequisites of receiving deliveries. Changes no files. Also works without a configuration or an
/// archive.
package struct Doctor {
    private let environment: [String: String]
    private let now: Timestamp
    private let replication: ReplicationStatus?
    /// Returns the text and the advice for an error of any module.
    private let explain: (any Error) -> (text: String, advice: String?)

    /// - Parameter replication: the replication status of the process that holds the archive; nil if no process holds
    ///   it.
    package init(
        environment: [String: String], now: Timestamp, replication: ReplicationStatus? = nil,
        explain: @escaping (any Error) -> (text: String, advice: String?)
    ) {
        self.environment = environment
        self.now = now
        self.replication = replication
        self.explain = explain
    }

    /// The number of latest reports whose times are compared with the clock.
    private static let recentCount = 50

    /// - Parameters:
    ///   - configuration: the configuration, or the error of reading it.
    ///   - fallback: the configuration to use if `configuration` is an error.
    package func findings(
        _ configuration: Result<CallboxConfiguration, any Error>, fallback: CallboxConfiguration
    ) -> [Finding] {
        switch configuration {
        case .success(let configuration):
            let file = configuration.file ?? "no file, defaults"
            let count = HumanText.count(configuration.sources.count, "source")
            return [.fine("configuration", "\(file): \(count)")]
                + SourceFindings.findings(configuration, environment: environment)
                + ListenerFindings.findings(configuration, now: now)
                + (configuration.journal.map(SharedJournalFindings.findings) ?? [])
                + (replication?.copy == nil ? ReplicationFindings.primary(configuration.replication, replication) : [])
                + archive(configuration)
        case .failure(let error):
            return [problem("configuration", error)] + archive(fallback)
        }
    }

    private func archive(_ configuration: CallboxConfiguration) -> [Finding] {
        let directory = ArchiveDirectory(path: configuration.archivePath)
        var findings = [ArchiveFindings.sqlite(SQLiteBuild())]
        let exists: Bool
        do throws(ArchiveError) {
            exists = try directory.exists
        } catch {
            return findings + [problem("archive", error)] + limits(nil, configuration)
        }
        guard exists else {
            findings += missing(directory)
            findings.append(ClockFindings.kernel(isSynchronised: ClockFindings.isSynchronised))
            return findings + limits(nil, configuration)
        }
        findings += FileFindings.findings(directory)
        let info: JournalInfo
        do throws(ArchiveError) {
            info = try JournalInfo(directory.journal)
        } catch {
            findings.append(problem("archive", error))
            return findings + limits(nil, configuration)
        }
        findings.append(ArchiveFindings.format(info, directory))
        do {
            let isShared = configuration.journal != nil
            if let copy = try ReplicationFindings.copy(directory, isShared: isShared, replication, now: now) {
                findings.append(copy)
            }
        } catch {
            findings.append(problem("archive", error))
        }
        var archived: (byteCount: Int64, milliseconds: Int64)?
        if let first = info.firstRecordedAt { archived = (info.fileByteCount, now.milliseconds(since: first)) }
        findings.append(SpaceFindings.space(free: SpaceFindings.freeByteCount(at: directory.path), archived: archived))
        findings.append(SpaceFindings.log(byteCount: info.logByteCount))
        let isResponding = ControlAddress.isListening(at: directory.controlSocketPath)
        let holder = isResponding ? ServerFindings.lockHolder(directory) : nil
        findings.append(ServerFindings.server(isResponding: isResponding, holder: holder))
        findings.append(ClockFindings.kernel(isSynchronised: ClockFindings.isSynchronised))
        findings += contents(directory, configuration, lastArrival: info.lastRecordedAt)
        return findings + limits(holder, configuration)
    }

    /// The findings if there is no archive yet.
    private func missing(_ directory: ArchiveDirectory) -> [Finding] {
        if FileManager.default.fileExists(atPath: directory.path), FileIdentity(path: directory.path + "/.") == nil {
            return [
                .problem(
                    "archive", "\(directory.path) is a file, but an archive must be a directory",
                    advice: "Pass a directory with --archive.")
            ]
        }
        var folder = URL(filePath: directory.path).standardizedFileURL
        repeat {
            folder.deleteLastPathComponent()
        } while !FileManager.default.fileExists(
            atPath: folder.path(percentEncoded: false)) && folder.path(percentEncoded: false) != "/"
        let path = FileFacts.resolved(folder)
        guard access(path, W_OK | X_OK) == 0 else {
            return [
                .problem(
                    "archive", "cannot create \(directory.path): \(path) is not writable",
                    advice: "Run as the user of the server, or pass another directory with --archive.")
            ]
        }
        return [
            .fine("archive", "\(directory.path) does not exist yet; 'callbox serve' creates it"),
            FileFindings.fileSystem(MountTable.current.type(of: path), folder: path),
            SpaceFindings.space(free: SpaceFindings.freeByteCount(at: path), archived: nil),
        ]
    }

    private func contents(
        _ directory: ArchiveDirectory, _ configuration: CallboxConfiguration, lastArrival: Timestamp?
    ) -> [Finding] {
        do {
            return try contents(try ArchiveReader(directory), configuration, lastArrival: lastArrival)
        } catch {
            return [problem("archive", error)]
        }
    }

    private func problem(_ topic: String, _ error: any Error) -> Finding {
        let (text, advice) = explain(error)
        return .problem(topic, text, advice: advice)
    }

    private func contents(
        _ reader: ArchiveReader, _ configuration: CallboxConfiguration, lastArrival: Timestamp?
    ) throws -> [Finding] {
        let quarantined = QuarantineReader(reader.directory)
        defer { quarantined.close() }
        let quarantine = try quarantined.size()
        let expiredCount = try quarantined.expiredCount(since: now.advanced(byMilliseconds: -86_400_000))
        var recent = ReportFilter()
        recent.limit = Self.recentCount
        let delays = try reader.reports(matching: recent).compactMap { report in
            report.providerTime.map { report.receivedAt.milliseconds(since: $0) }
        }
        var last: [String: Timestamp] = [:]
        for source in configuration.sources {
            var filter = ReportFilter()
            filter.sources = [source.name]
            filter.limit = 1
            last[source.name] = try reader.reports(matching: filter).first?.lastReceivedAt
        }
        return [
            ClockFindings.arrivals(delays: delays, lastArrival: lastArrival, now: now),
            ClockFindings.expired(expiredCount),
            ArchiveFindings.lag(try reader.unindexedCount()),
            ArchiveFindings.quarantine(
                count: quarantine.count, byteCount: quarantine.byteCount, limits: configuration.quarantine),
        ].compactMap { $0 } + ArchiveFindings.lastArrivals(configuration.sources.map(\.name), last: last, now: now)
    }

    private func limits(_ server: Int32?, _ configuration: CallboxConfiguration) -> [Finding] {
        let limits = ServerFindings.limits(of: server)
        let list = Finding.fine("limits", configuration.limitTexts.joined(separator: ", "))
        return [list]
            + ServerFindings.findings(
                limits, whose: server == nil ? "a server started in this shell" : "the server",
                connectionCount: configuration.limits.connectionCount)
    }
}
