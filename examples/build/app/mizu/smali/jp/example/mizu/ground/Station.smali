.class public final Ljp/example/mizu/ground/Station;
.super Ljava/lang/Object;

.method public static connect()V
    .registers 3
    new-instance v0, Ljava/net/URL;
    const-string v1, "https://gcs.police.example/api/v1"
    invoke-direct {v0, v1}, Ljava/net/URL;-><init>(Ljava/lang/String;)V
    invoke-virtual {v0}, Ljava/net/URL;->openConnection()Ljava/net/URLConnection;
    return-void
.end method
