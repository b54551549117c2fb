import Foundation
import GRDB

/// The packages of the Python programs that Callbox is compared with. They are installed once, into a virtual
/// environment in the cache folder.
struct PythonPeers {
    let scripts: URL
    /// The environment variables that prevent Python from writing files next to the scripts.
    static let variables = ["PYTHONDONTWRITEBYTECODE": "1"]
    private let environment: URL

    init(_ bench: Workbench) throws {
        scripts =
            URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../peers").standardizedFileURL
        environment = bench.cache.appending(path: "peers", directoryHint: .isDirectory)
        let requirements = scripts.appending(path: "requirements.txt")
        let installed = environment.appending(path: "installed.txt")
        guard !FileManager.default.contentsEqual(atPath: requirements.path(), andPath: installed.path()) else { return }
        guard let python = Tool.find("python3") else { throw Missing(description: "there is no python3") }
        bench.note("installing the Python peers into \(environment.path())")
        do {
            try Tool.check(python, ["-m", "venv", "--clear", environment.path()])
            try Tool.check(program("pip"), ["install", "--quiet", "--requirement", requirements.path()])
            try FileManager.default.copyItem(at: requirements, to: installed)
        } catch {
            throw Missing(description: "its packages cannot be installed: \(error)")
        }
    }

    func program(_ name: String) -> URL {
        environment.appending(path: "bin/\(name)")
    }

    /// Returns the installed version of a package, such as `uvicorn 0.54.0`.
    func version(_ package: String) -> String {
        let code = "import importlib.metadata as m; print(m.version('\(package)'))"
        let output = try? Tool.check(program("python3"), ["-c", code]).output
        return "\(package) \(output?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "?")"
    }
}

/// A receiver of FastAPI, uvicorn and sqlite3 with one commit per delivery.
struct FastAPIContestant: Contestant {
    let name = "FastAPI + uvicorn + sqlite3"
    let bodyText: String
    let factory: DeliveryFactory
    let peers: PythonPeers

    func measure(_ bench: Workbench) async throws -> Measurement {
        try await bench.withArchive { archive in
            let port = ServerProcess.freePort()
            let server = try ServerProcess(
                peers.program("uvicorn"),
                [
                    "--app-dir", peers.scripts.path(), "fastapi_receiver:app", "--host", "127.0.0.1", "--port",
                    "\(port)", "--workers", "1", "--no-access-log", "--log-level", "error",
                ],
                environment: PythonPeers.variables.merging(
                    ["BENCH_ARCHIVE": archive.path(), "BENCH_SECRET": DeliveryFactory.secret]) { $1 },
                folder: bench.folder, readiness: .port(port))
            defer { server.stop() }
            let warmUp = try await bench.load(port, factory, seconds: bench.plan.warmUpSeconds)
            let outcome = try await bench.load(port, factory)
            var measurement = Measurement(outcome, peakMebibytes: server.peakMebibytes)
            let stored = try await DatabaseQueue(path: archive.path()).read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM delivery") ?? 0
            }
            let acknowledged = warmUp.acknowledgedCount + outcome.acknowledgedCount
            if stored != acknowledged { measurement.mismatch = "\(acknowledged) acknowledged, \(stored) stored" }
            return measurement
        }
    }
}

/// mitmdump as a recorder. mitmdump responds without an upstream server, and writes each flow to a file without a sync.
struct MitmdumpContestant: Contestant {
    let name = "mitmdump writing flows"
    let bodyText: String
    /// Creates requests whose target is the whole URL, because mitmdump is a proxy.
    let factory: DeliveryFactory
    let peers: PythonPeers

    func measure(_ bench: Workbench) async throws -> Measurement {
        try await bench.withArchive { archive in
            let port = ServerProcess.freePort()
            let server = try ServerProcess(
                peers.program("mitmdump"),
                [
                    "--quiet", "--listen-host", "127.0.0.1", "--listen-port", "\(port)", "--set",
                    "connection_strategy=lazy", "--set", "confdir=\(bench.folder.path())mitmproxy", "-s",
                    peers.scripts.appending(path: "mitmdump_receiver.py").path(), "-w", archive.path(),
                ],
                environment: PythonPeers.variables, folder: bench.folder, readiness: .port(port))
            defer { server.stop() }
            _ = try await bench.load(port, factory, seconds: bench.plan.warmUpSeconds)
            let outcome = try await bench.load(port, factory)
            return Measurement(outcome, peakMebibytes: server.peakMebibytes)
        }
    }
}
