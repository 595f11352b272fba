.class public Lcom/foehn/flight/ReportService;
.super Landroid/app/Service;

.method public constructor <init>()V
    .registers 1
    invoke-direct {p0}, Landroid/app/Service;-><init>()V
    return-void
.end method

.method public onBind(Landroid/content/Intent;)Landroid/os/IBinder;
    .registers 3
    const/4 v0, 0x0
    return-object v0
.end method

.method public onStartCommand(Landroid/content/Intent;II)I
    .registers 6
    invoke-static {p0}, Lcom/foehn/flight/Telemetry;->report(Landroid/content/Context;)V
    const/4 v0, 0x1
    return v0
.end method
