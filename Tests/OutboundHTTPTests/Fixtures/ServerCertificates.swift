import Deliveries
import Foundation
import HTTPListener
import NIOPosix
import TestKit

/// Certificates for a server on this machine, valid from 2020 to 2120 unless stated otherwise. Created with openssl:
/// P-256, `subjectAltName=DNS:localhost,IP:127.0.0.1`.
enum ServerCertificates {
    typealias Pair = (certificate: String, key: String)

    /// A valid certificate. `authority` signed this certificate.
    static let good: Pair = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBhjCCASygAwIBAgIBAjAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhDYWxsYm94
        IG91dGJvdW5kIHRlc3QgY2EwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
        MDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEH
        A0IABEppH+8T4nk8/GTE8oeHVaeHsxAEFUfyGsiV3JjkdIN4svAEC6C/o7piTrqP
        9GFOhpOYG3PAzaqm+Ej9ah5MD+WjXjBcMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcE
        fwAAATAdBgNVHQ4EFgQUR76a6VFReZxsKB07nZ+EivdYlxcwHwYDVR0jBBgwFoAU
        ljkrLIE0RpdAV1qxKKmi8muaCLUwCgYIKoZIzj0EAwIDSAAwRQIgJBrCqhOzpu85
        /hWSl7GNJookOvItFhGJY+uk9MIr2qYCIQDCZY0zRbxKE0+RLwTM+6oJ4dX9+qc2
        ekOijURFegQ+cg==
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5ZA0ose1GS4WvN2Z
        EGLPu8DVQxWu0CjwpQUlMvirXfuhRANCAARKaR/vE+J5PPxkxPKHh1Wnh7MQBBVH
        8hrIldyY5HSDeLLwBAugv6O6Yk66j/RhToaTmBtzwM2qpvhI/WoeTA/l
        -----END PRIVATE KEY-----
        """
    )

    /// A certificate for the name other.test. `authority` signed this certificate.
    static let wrong: Pair = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBgjCCASigAwIBAgIBAzAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhDYWxsYm94
        IG91dGJvdW5kIHRlc3QgY2EwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
        MDBaMBUxEzARBgNVBAMMCm90aGVyLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMB
        BwNCAAT2woKeqqqBJmJ3w8ArwXXY0NrDdAIYuey1hfhH5n84HKfGlonqUhbOBIMO
        UiPFVwHr+rK9GyFbzP7FLmBW4J98o1kwVzAVBgNVHREEDjAMggpvdGhlci50ZXN0
        MB0GA1UdDgQWBBRXsZ+qwjPLHdRpwXSAZIfW5eABvDAfBgNVHSMEGDAWgBSWOSss
        gTRGl0BXWrEoqaLya5oItTAKBggqhkjOPQQDAgNIADBFAiEAr3ggIFpQMxpTsyJt
        e99JJU1h1VGiFLPa7iQ8nT3AWn4CIDikva1dwQJPTMymFZ6r4LuVho17CGf9adGV
        19fO33P8
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgozoCfflA9L3qnEsg
        e8R27AM4NimT2kbulJ2U/cIc5eihRANCAAT2woKeqqqBJmJ3w8ArwXXY0NrDdAIY
        uey1hfhH5n84HKfGlonqUhbOBIMOUiPFVwHr+rK9GyFbzP7FLmBW4J98
        -----END PRIVATE KEY-----
        """
    )

    /// An expired certificate, valid only on the first day of 2020. `authority` signed this certificate.
    static let expired: Pair = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBgzCCASqgAwIBAgIBBDAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhDYWxsYm94
        IG91dGJvdW5kIHRlc3QgY2EwHhcNMjAwMTAxMDAwMDAwWhcNMjAwMTAyMDAwMDAw
        WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AATs8eXL0xz5EXfSt1UFwRPmXpElNVquNWfQCxmCgF9+GUq8TQSVpLP3eUGHa6NI
        zXjGynXDIBv62yJtvwF0C/+Xo14wXDAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8A
        AAEwHQYDVR0OBBYEFP64DZFh/GRRGK+/eMMhvhumJZyKMB8GA1UdIwQYMBaAFJY5
        KyyBNEaXQFdasSipovJrmgi1MAoGCCqGSM49BAMCA0cAMEQCIDFdRpw6sbgpqRWR
        1+xdG6wA3wco75hDP7vj6eKbKikaAiAj9E9+p8KS1i7c8yn/kDVgn+X6AfDlOqEn
        39Ybc7M0Yg==
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3gVB1spEbSVWwU50
        qMoZO9JoybuSIFKJvi8WZe6qnZ+hRANCAATs8eXL0xz5EXfSt1UFwRPmXpElNVqu
        NWfQCxmCgF9+GUq8TQSVpLP3eUGHa6NIzXjGynXDIBv62yJtvwF0C/+X
        -----END PRIVATE KEY-----
        """
    )

    /// A self-signed certificate.
    static let selfSigned: Pair = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBVDCB/KADAgECAgEFMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWxvY2FsaG9z
        dDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDESMBAGA1UEAwwJ
        bG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2L9rn1SstEByKPnB
        /J1bYY4sxcucFPJEjhMKAUxUx3fhCXMvmZZCPe+zt63Pf0h0+A0AEYkvis1zEVup
        YFGgxqM9MDswGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMB0GA1UdDgQWBBQe
        302CDNK8VfNWNnrgt0+8yqBH+TAKBggqhkjOPQQDAgNHADBEAiAkkn/cBXWSj0rg
        zavHEx4nEhjUmiKhMqE1lZYVpRvXOgIgWcezh+DmOcin1xkYu1DZzTIiepjcg9Lq
        fXUYU077Yd8=
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZm4wI3Myu4S/DcV7
        vNt528/qZy2o6qRHwV5qVIWq9YuhRANCAATYv2ufVKy0QHIo+cH8nVthjizFy5wU
        8kSOEwoBTFTHd+EJcy+ZlkI977O3rc9/SHT4DQARiS+KzXMRW6lgUaDG
        -----END PRIVATE KEY-----
        """
    )

    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBajCCAQ+gAwIBAgIBATAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhDYWxsYm94
        IG91dGJvdW5kIHRlc3QgY2EwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
        MDBaMCMxITAfBgNVBAMMGENhbGxib3ggb3V0Ym91bmQgdGVzdCBjYTBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABPdJoak+wwiCKUDtNzh3ZWdWMleDfTe/Sh940J37
        HJrT0Pk6urXgQ7o2J2zMt0iw3+QqlD1r7b8MgcvxOQp/sH+jMjAwMA8GA1UdEwEB
        /wQFMAMBAf8wHQYDVR0OBBYEFJY5KyyBNEaXQFdasSipovJrmgi1MAoGCCqGSM49
        BAMCA0kAMEYCIQDPgWSatdngldamlz/04m4cNjM5TFUrP+m16xi1r8XzOwIhAJwf
        TqoFN2xhp46uVT6xL979eg+NRA/u7Va1JahMSGna
        -----END CERTIFICATE-----
        """
}

/// A real TLS server on a free port. Responds to each request with the value of its `Host` header.
enum TLSServer {
    static func with<Value>(
        _ pair: ServerCertificates.Pair, _ body: (_ port: Int, _ authorityFile: String) async throws -> Value
    ) async throws -> Value {
        try await TemporaryFolder.with { folder in
            let files = [
                ("server.pem", pair.certificate), ("server.key", pair.key), ("ca.pem", ServerCertificates.authority),
            ]
            for (name, text) in files {
                try Data((text + "\n").utf8).write(to: URL(filePath: folder.path(of: name)))
            }
            let tls = TLSSettings(
                certificateFile: folder.path(of: "server.pem"), keyFile: folder.path(of: "server.key"))
            let application = ListenerApplication(
                now: { .fixture },
                admit: { _ in
                    .read(bodyByteCountLimit: 1 << 20) { request, respond in
                        respond(.text(200, request.headers.values(named: "Host").joined(separator: ",")))
                    }
                })
            let server = try await HTTPListener(limits: ListenerLimits(), tls: tls, application: application)
                .listen(on: .tcp(host: "127.0.0.1", port: 0), group: MultiThreadedEventLoopGroup.singleton)
            let result: Result<Value, any Error>
            do {
                result = .success(try await body(server.port ?? 0, folder.path(of: "ca.pem")))
            } catch {
                result = .failure(error)
            }
            await server.shutDown(grace: .zero)
            return try result.get()
        }
    }
}
