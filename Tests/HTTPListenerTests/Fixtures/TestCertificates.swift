/// Certificates of an authority that is used only by these tests, valid for a hundred years. Created with openssl:
/// P-256, no extensions.
enum TestCertificates {
    /// The certificate and key of a server.
    static let first = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBKzCB0gIUZEhxtW+mQjW48A43fEphGZB08CwwCgYIKoZIzj0EAwIwGjEYMBYG
        A1UEAwwPQ2FsbGJveCB0ZXN0IGNhMCAXDTI2MTEyOTEyMDAyM1oYDzIxMjYxMTA1
        MTIwMDIzWjAVMRMwEQYDVQQDDApmaXJzdC50ZXN0MFkwEwYHKoZIzj0CAQYIKoZI
        zj0DAQcDQgAEBDX+WSrbAyGHLQnDEiic5tGdurUfnDpLie1cg4pwBpoggBk9bYIr
        ZnCbgdhViZjHkTH7d8INFBpWfUChMcpTcDAKBggqhkjOPQQDAgNIADBFAiB2pynb
        E8OT8/KmIecMEcnkq75457+8Z/4lbNGCfZP7lQIhAP7iMvloSzLxGdE1aBUePojc
        6/lqNzRmhrW7CVH5XaE6
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgRx3CJA1ceCKReowc
        HFfGv5rkuKhp+dAAFX/GkmjBkJWhRANCAAQENf5ZKtsDIYctCcMSKJzm0Z26tR+c
        OkuJ7VyDinAGmiCAGT1tgitmcJuB2FWJmMeRMft3wg0UGlZ9QKExylNw
        -----END PRIVATE KEY-----
        """
    )

    /// The certificate and key of another server.
    static let second = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBLTCB0wIUZEhxtW+mQjW48A43fEphGZB08C0wCgYIKoZIzj0EAwIwGjEYMBYG
        A1UEAwwPQ2FsbGJveCB0ZXN0IGNhMCAXDTI2MTEyOTEyMDAyM1oYDzIxMjYxMTA1
        MTIwMDIzWjAWMRQwEgYDVQQDDAtzZWNvbmQudGVzdDBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABAzqi8KqQIxUj2cLB6tuXjgl7hT2cJVbYlRT7wUT8Teo08U0NWxh
        dWTTdXXG82YR4rJeqqAZ5J1lkOT6BY5Ne1wwCgYIKoZIzj0EAwIDSQAwRgIhAJcB
        wGoF4g0fxr3uti2A1TZ+J8vkbxX/jgKxlyIle/wZAiEA0bBC85fy7K2H7yGvGik/
        Zu9WHyG//sNP5+J9c522dLs=
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgn0mjb/Tw2ezRU/Et
        UNGaTVp6R/0rpmNTUt2IKaX8JS2hRANCAAQM6ovCqkCMVI9nCwerbl44Je4U9nCV
        W2JUU+8FE/E3qNPFNDVsYXVk03V1xvNmEeKyXqqgGeSdZZDk+gWOTXtc
        -----END PRIVATE KEY-----
        """
    )

    /// The certificate and key of a client.
    static let client = (
        certificate: """
        -----BEGIN CERTIFICATE-----
        MIIBLTCB0wIUZEhxtW+mQjW48A43fEphGZB08C4wCgYIKoZIzj0EAwIwGjEYMBYG
        A1UEAwwPQ2FsbGJveCB0ZXN0IGNhMCAXDTI2MTEyOTEyMDAyM1oYDzIxMjYxMTA1
        MTIwMDIzWjAWMRQwEgYDVQQDDAtjbGllbnQudGVzdDBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABG17ZXZZGjpDTChXm2Y1ajB1SyyMvRdPG3qnyS86Kg6yzkzryuVq
        OilAzHnc2Ii2N3FAS+02B4t3QdE4wmcmNiowCgYIKoZIzj0EAwIDSQAwRgIhAMlI
        IgU9HImtIOfRVm5rnf+4nTjpZrTQXZSbx7MWkQpEAiEAqqENmXCwN+yn4oSnpHxU
        HN2Kj76G048aA1O7xF6TGKY=
        -----END CERTIFICATE-----
        """,
        key: """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPJzGH075299RbOb0
        YQpUQ6paYnH3W92q+BnwSe9z2ZmhRANCAARte2V2WRo6Q0woV5tmNWowdUssjL0X
        Txt6p8kvOioOss5M68rlajopQMx53NiItjdxQEvtNgeLd0HROMJnJjYq
        -----END PRIVATE KEY-----
        """
    )

    /// The certificate of the authority that signed these certificates.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBizCCATGgAwIBAgIUHYJhwMU5uUVxy0jLL5ELXqheN3cwCgYIKoZIzj0EAwIw
        GjEYMBYGA1UEAwwPQ2FsbGJveCB0ZXN0IGNhMCAXDTI2MTEyOTEyMDAyM1oYDzIx
        MjYxMTA1MTIwMDIzWjAaMRgwFgYDVQQDDA9DYWxsYm94IHRlc3QgY2EwWTATBgcq
        hkjOPQIBBggqhkjOPQMBBwNCAAQocTYvJxc2uzEeud1u1akAeSNKIstDwpO8YUas
        BoJ/yVNUoQZdhjdU7w1K4LgD5lzlZaky+sZUCO9xIelFyuUqo1MwUTAdBgNVHQ4E
        FgQU8YkuwKD0tqrTcH2DHjY5lyoNgmIwHwYDVR0jBBgwFoAU8YkuwKD0tqrTcH2D
        HjY5lyoNgmIwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiB00OyY
        2j2HlDb8psGY/K1yuTMgAxE0nwNQWCUGce8PDQIhAP36WAZ8Ty1fusrExWeCNsUt
        mteqLvVLyADHQRLYAhtn
        -----END CERTIFICATE-----
        """

    /// The certificate of another authority.
    static let otherAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBkTCCATegAwIBAgIUMUf/9mW7Hr6NDtCxJrsfMF8qGeEwCgYIKoZIzj0EAwIw
        HTEbMBkGA1UEAwwSQ2FsbGJveCB0ZXN0IG90aGVyMCAXDTI2MTEyOTEyMDAyM1oY
        DzIxMjYxMTA1MTIwMDIzWjAdMRswGQYDVQQDDBJDYWxsYm94IHRlc3Qgb3RoZXIw
        WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQZHIfoBvWPXe1vBDtglwn2SyS5veim
        nlkFqQF+v25XX0/MlTUwDYfM5DPDgKRBje6N9P6VLIrFeHBLEc63CjRZo1MwUTAd
        BgNVHQ4EFgQUmg4n5p8wspZEZ9aAt9YloHJ0xxAwHwYDVR0jBBgwFoAUmg4n5p8w
        spZEZ9aAt9YloHJ0xxAwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF
        AiEA42C6coBdSbtN8gM7Kqn3VvX8BI3XGz361s0w7KEKp/cCIBe1BNBJ/BCX/p0N
        B6EvaE7ziZYMISO5eT1z5fVxDOy2
        -----END CERTIFICATE-----
        """

    /// The fingerprint of `client`, as openssl prints it.
    static let clientFingerprint = "615fac1255a6746b872e67831a5bc59720ad3cd31f9821f3c72169c6994dd298"
}
