import Foundation

/// The binaries for a part, and the folder for its files on the measured disk.
struct Workbench: Sendable {
    let plan: Plan
    /// The folder for all output. It should be on a real disk, not in memory.
    let folder: URL
    /// The folder with files that later runs use again, such as the peers' packages.
    let cache: URL
    let bench: URL
    let callbox: CallboxProgram

    init(plan: Plan, folder path: String) throws {
        self.plan = plan
        let base = URL(filePath: path, directoryHint: .isDirectory).absoluteURL
        cache = base.appending(path: "cache", directoryHint: .isDirectory)
        folder = base.appending(path: "run-\(getpid())", directoryHint: .isDirectory)
        for url in [cache, folder] {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        let executable = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        bench = executable
        callbox = CallboxProgram(
            executable: executable.deletingLastPathComponent().appending(path: "callbox"), folder: folder)
        guard FileManager.default.isExecutableFile(atPath: callbox.executable.path()) else {
            throw Tool.Failed(description: "there is no callbox beside \(executable.path()): build it too")
        }
        ChildProcesses.endWithThisProcess(removing: folder)
    }

    func removeFolder() {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Calls `work` with the path of an archive directory that does not exist yet. Removes the archive afterwards.
    func withArchive<Value>(_ work: (URL) async throws -> Value) async throws -> Value {
        let place = folder.appending(path: UUID().uuidString, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        return try await work(place.appending(path: "archive"))
    }

    func note(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    func load(_ port: Int, _ factory: DeliveryFactory, seconds: Double? = nil) async throws -> LoadOutcome {
        try await LoadGenerator(
            port: port, connectionCount: plan.connectionCount, extent: .seconds(seconds ?? plan.seconds),
            factory: factory
        ).run()
    }

    /// Measures the durable deliveries per second at full speed. The result determines the rate of other loads.
    func capacity(_ factory: DeliveryFactory) async throws -> Double {
        try await withArchive { archive in
            let server = try callbox.serve(archive)
            defer { server.stop() }
            _ = try await load(server.port, factory, seconds: plan.warmUpSeconds)
            return try await load(server.port, factory).perSecond
        }
    }

    /// Creates an archive of synthetic reports and indexes all of them.
    func synthesize(_ traffic: SyntheticTraffic, at archive: URL) async throws {
        try await ArchiveFilling(traffic: traffic, path: archive.path(), progress: { _ in }).run()
        try callbox.index(archive)
    }
}
